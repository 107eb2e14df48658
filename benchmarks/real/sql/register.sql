-- The register (from_file.sql or in_memory.sql) with what many measures ask of an applicant. Columns that a query does
-- not use are not read.
CREATE VIEW applicants AS
SELECT
    *,
    in_city(division, '4201') AS in_wuhan,
    in_city(division, '5101') AS in_chengdu,
    in_city(division, '4301') AS in_changsha,
    in_city(tax_division, '4301') AS taxed_in_changsha,
    in_city(employer_division, '4201') AS employed_in_wuhan,
    in_city(employer_division, '5101') AS employed_in_chengdu,
    list_contains(fields, 'cybersecurity') AS security,
    list_contains(fields, 'software') AS software,
    list_contains(fields, 'manufacturing') AS manufacturing,
    -- Industrial-internet fund, 第四条: in the city, no major accident, trustworthy, not barred; a legal person.
    in_city(division, '4201')
    AND none_of(
        list_transform(incident.items, lambda i: i.major AND i.kind IN ('safety', 'quality', 'environment')
            AND i.happened <= draft_day() AND i.happened >= draft_day() - INTERVAL 2 YEAR),
        incident.complete)
    AND none_of(
        list_transform(sanction.items, lambda s: s.kind = 'serious_dishonesty' AND s.starts <= draft_day()
            AND (NOT has(s.ends, s.ends_none) OR s.ends >= draft_day() OR s.starts >= draft_day() - INTERVAL 2 YEAR)),
        sanction.complete)
    AND none_of(
        list_transform(sanction.items, lambda s: s.kind = 'barred' AND s.starts <= draft_day()
            AND (NOT has(s.ends, s.ends_none) OR s.ends >= draft_day()) AND draft_day() <= s.starts + INTERVAL 3 YEAR),
        sanction.complete) AS in_good_standing,
    in_good_standing AND (legal_person OR kind = 'consortium') AS fit_for_fund
FROM register;
