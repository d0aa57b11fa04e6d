"""Tests of the runtime layers."""
