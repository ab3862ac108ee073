"""The demo application: a small site that shows every part of a bench at work."""

version = "1.0.0"
