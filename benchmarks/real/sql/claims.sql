-- The claims that are payable or may be: verdict and bounds from what holds and what is settled.
CREATE VIEW claims AS
SELECT
    applicant, policy, measure, record,
    if(holds AND settled, verdict, 'undetermined') AS verdict,
    (CASE WHEN holds AND settled THEN CASE WHEN verdict = 'eligible' THEN most WHEN most IS NOT NULL THEN lowest END ELSE 0 END)::BIGINT AS min_fen,
    most::BIGINT AS max_fen
FROM (
    FROM on_applicant UNION ALL FROM on_year UNION ALL FROM on_platform_year UNION ALL FROM on_platform UNION ALL FROM on_testing
    UNION ALL FROM on_certification UNION ALL FROM on_project UNION ALL FROM on_recognition UNION ALL FROM on_other
)
WHERE holds IS NOT FALSE AND most IS DISTINCT FROM 0;
