"""Qt furniture that knows no telephony."""
