"""Which kinds of service are within the limit of everybody."""
