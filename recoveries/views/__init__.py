"""The API's doors to cases."""
