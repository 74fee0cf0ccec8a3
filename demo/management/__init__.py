"""Ops' doors."""
