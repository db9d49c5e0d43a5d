"""The account tree, suppliers, logins and rights."""
