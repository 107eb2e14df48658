-- The register loaded into memory: the columns that the queries read. It is compressed, since they are quicker so; that
-- happens at the checkpoint.
ATTACH ':memory:' AS loaded (COMPRESS);
USE loaded;
CREATE TABLE register AS
SELECT
    id, kind, division, tax_division, legal_person, fields, size, leading_firm, employer_division, settled, settled_none,
    "year", project, platform, platform_year, recognition, certification, testing, standard, product, listing, contract,
    event, prize, home, hire, guarantee, public_money, incident, sanction
FROM read_parquet(getvariable('register'));
CHECKPOINT loaded;
