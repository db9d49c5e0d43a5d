"""VoIPDesk: the desk of a small VoIP reseller."""

__version__ = "0.1.0"
