"""The arithmetic of documents; one file for each subject. Further subjects (credit, payments) get files of their own."""
