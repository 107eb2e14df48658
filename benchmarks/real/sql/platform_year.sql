-- Measures that rest on a platform's year; the platform is another record of the applicant.
WITH held AS (
    SELECT applicant, kind, in_wuhan, in_changsha AND taxed_in_changsha AND security AS changsha_fit, y, others,
        list_filter(platforms, lambda p: p.id = y.platform)[1] AS p
    FROM (
        SELECT id AS applicant, kind, in_wuhan, in_changsha, taxed_in_changsha, security, platform.items AS platforms,
            -- the kinds of the platforms on whose years the list has a record
            list_transform(platform_year.items, lambda y: coalesce(list_filter(platform.items, lambda p: p.id = y.platform)[1].kind, '?')) AS others,
            unnest(if(platform_year.complete, platform_year.items, list_append(platform_year.items, NULL))) AS y
        FROM applicants
    )
)
-- Wuhan cybersecurity 三（七）#3
SELECT applicant, 'wuhan-cybersecurity-2026' AS policy, 'platform-operation' AS measure, y.id AS record,
    kind IN ('enterprise', 'institution', 'research_institute', 'university', 'vocational_school', 'platform_operator')
    AND speaks(y.id, p.kind, others, ['security_technology']) AND in_wuhan AND in_draft(year_end(y.year))
    AND p.role = 'operator' AND p.in_base AS holds,
    capped(y.service_income, 20, wan(50)) AS most, y.service_income IS NOT NULL AS settled, 0::BIGINT AS lowest, 'eligible' AS verdict
FROM held
UNION ALL
-- Changsha 二（二）#2: the first three calendar years of operation
SELECT applicant, 'changsha-cybersecurity-2019', 'platform-operation', y.id,
    kind IN ('enterprise', 'research_institute', 'platform_operator')
    AND speaks(y.id, p.kind, others, ['major_public_service']) AND changsha_fit AND in_changsha_time(year_end(y.year))
    AND p.role IN ('lead', 'operator') AND y.year >= year(p.opened) AND y.year <= year(p.opened) + 2,
    least(y.service_cost, wan(500)), y.service_cost IS NOT NULL, 0, 'eligible'
FROM held
