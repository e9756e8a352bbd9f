"""Comparing a formula that a person derived with the derivative, and naming what went wrong."""
