"""The page of the reference: made of the OpenAPI document and of the documents for clients."""
