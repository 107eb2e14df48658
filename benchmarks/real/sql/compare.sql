-- The claims that stand on one side only, counted by policy and measure.
CREATE VIEW duixian AS
SELECT applicant, policy::VARCHAR AS policy, measure::VARCHAR AS measure, record, verdict::VARCHAR AS verdict, min_fen, max_fen
FROM read_parquet(getvariable('ours'));
CREATE VIEW duckdb AS
SELECT applicant, policy, measure, record, verdict, min_fen, max_fen FROM read_parquet(getvariable('theirs'));
CREATE VIEW differences AS
SELECT side, policy, measure, count(*) AS claims, any_value(applicant) AS example
FROM (
    SELECT 'only duixian' AS side, * FROM (FROM duixian EXCEPT ALL FROM duckdb)
    UNION ALL
    SELECT 'only duckdb', * FROM (FROM duckdb EXCEPT ALL FROM duixian)
)
GROUP BY ALL;
