-- The register as it stands in its Parquet file; each query reads it there.
CREATE VIEW register AS FROM read_parquet(getvariable('register'));
