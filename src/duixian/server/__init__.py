"""The fund's system of record: a Django project on PostgreSQL, its apps named by noun."""
