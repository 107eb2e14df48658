-- Measures that rest on a fiscal year. A year without id stands for those that an empty list may lack.

WITH -- those whom any of the measures may concern: the years are read once
concerned AS MATERIALIZED (
    SELECT id, kind, software, security, in_wuhan, in_changsha, taxed_in_changsha, year, contract, hire
    FROM applicants
    WHERE wuhan_body(kind) IS NOT FALSE
        AND (in_wuhan IS NOT FALSE AND (software IS NOT FALSE OR NOT contract.complete OR NOT hire.complete OR len(contract.items) > 0 OR len(hire.items) > 0)
            OR in_changsha IS NOT FALSE AND taxed_in_changsha IS NOT FALSE AND security IS NOT FALSE)
),
-- Wuhan digital economy 二（六）#1 and #2: the software firms' years with the year before
software_year AS (
    SELECT id AS applicant, kind = 'enterprise' AND in_wuhan AND software AS fit, year.items AS years, year.complete AS complete,
        unnest(if(len(year.items) = 0 AND NOT year.complete, [NULL], year.items)) AS y
    FROM concerned
    WHERE may(kind = 'enterprise') AND in_wuhan IS NOT FALSE AND software IS NOT FALSE
),
grown AS (
    SELECT applicant, fit, y,
        list_filter(years, lambda b: b.year = y.year - 1) AS before,
        CASE WHEN len(before) > 0 THEN before[1].revenue WHEN complete THEN 0 END AS base
    FROM software_year
    WHERE y.id IS NULL OR in_digital(year_end(y.year)) IS NOT FALSE
),
-- Wuhan cybersecurity 二（五）#7 and 四（八）#2: years of bodies with contracts or hires, known or not
contracting AS (
    SELECT applicant, fit, y,
        list_transform(contracts, lambda c: c.technology AND list_contains(c.fields, 'cybersecurity')
            AND c.role = 'provider' AND c.year = y.year) AS counts,
        complete, contracts,
        -- least and greatest of the sums; NULL: no bound
        coalesce(list_sum(list_transform(contracts, lambda c, i: if(counts[i], c.amount, 0))), 0)::BIGINT AS contracted,
        coalesce(list_sum(list_transform(contracts, lambda c, i: if(counts[i], c.transacted, 0))), 0)::BIGINT AS transacted,
        CASE WHEN complete AND NOT list_contains(list_transform(contracts, lambda c, i: coalesce(counts[i], true) AND c.amount IS NULL), true)
            THEN coalesce(list_sum(list_transform(contracts, lambda c, i: if(coalesce(counts[i], true), c.amount, 0))), 0)::BIGINT
        END AS contracted_at_most,
        CASE WHEN complete AND NOT list_contains(list_transform(contracts, lambda c, i: coalesce(counts[i], true) AND c.transacted IS NULL), true)
            THEN coalesce(list_sum(list_transform(contracts, lambda c, i: if(coalesce(counts[i], true), c.transacted, 0))), 0)::BIGINT
        END AS transacted_at_most
    FROM (
        SELECT id AS applicant, wuhan_body(kind) AND in_wuhan AS fit, contract.items AS contracts, contract.complete AS complete,
            unnest(if(len(year.items) = 0 AND NOT year.complete, [NULL], year.items)) AS y
        FROM concerned
        WHERE (NOT contract.complete OR len(contract.items) > 0) AND in_wuhan IS NOT FALSE AND wuhan_body(kind) IS NOT FALSE
    )
    WHERE y.id IS NULL OR in_draft(year_end(y.year)) IS NOT FALSE
),
hiring AS (
    SELECT applicant, fit, y,
        any_of(list_transform(hires, lambda h: h.kind = 'ai_urgent' AND h.ai_experience >= 24
            AND year(h.started) = y.year AND h.started >= draft_starts()), complete) AS hired
    FROM (
        SELECT id AS applicant, kind = 'enterprise' AND in_wuhan AS fit, hire.items AS hires, hire.complete AS complete,
            unnest(if(len(year.items) = 0 AND NOT year.complete, [NULL], year.items)) AS y
        FROM concerned
        WHERE (NOT hire.complete OR len(hire.items) > 0) AND in_wuhan IS NOT FALSE AND (kind = 'enterprise') IS NOT FALSE
    )
    WHERE y.id IS NULL OR (year_end(y.year) <= draft_day()) IS NOT FALSE
),
-- Changsha 二（四）#1: the steps of revenue that a year passes and no year before it passed
stepping AS (
    SELECT applicant, fit, y,
        list_filter(years, lambda b: b.year < y.year) AS before,
        coalesce(list_max(list_transform(before, lambda b: b.main_revenue)), 0) AS highest,
        complete AND len(list_filter(before, lambda b: b.main_revenue IS NULL)) = 0 AS sure,
        list_transform([wan(1000), wan(5000), wan(10000), wan(100000), wan(500000)], lambda step:
            CASE WHEN y.main_revenue <= step OR highest > step THEN false
                 WHEN y.main_revenue > step AND sure THEN true END) AS passed
    FROM (
        SELECT id AS applicant, kind = 'enterprise' AND in_changsha AND taxed_in_changsha AND security AS fit,
            year.items AS years, year.complete AS complete,
            unnest(if(len(year.items) = 0 AND NOT year.complete, [NULL], year.items)) AS y
        FROM concerned
        WHERE (kind = 'enterprise') IS NOT FALSE AND in_changsha IS NOT FALSE AND taxed_in_changsha IS NOT FALSE
            AND security IS NOT FALSE
    )
    WHERE y.id IS NULL OR in_changsha_time(year_end(y.year)) IS NOT FALSE
)
SELECT applicant, 'wuhan-digital-economy-2022' AS policy, 'software-rnd' AS measure, y.id AS record,
    listed(y.id) AND fit AND in_digital(year_end(y.year)) AND y.revenue >= wan(500)
    AND y.rnd_spend::HUGEINT * 100 >= y.revenue::HUGEINT * 15 AS holds,
    capped(y.rnd_spend, 10, wan(100)) AS most, y.rnd_spend IS NOT NULL AS settled, 0::BIGINT AS lowest, 'eligible_up_to' AS verdict
FROM grown
UNION ALL
SELECT applicant, 'wuhan-digital-economy-2022', 'software-growth', y.id,
    listed(y.id) AND fit AND in_digital(year_end(y.year)) AND y.revenue >= wan(500) AND base > 0
    AND (y.revenue - base)::HUGEINT * 100 >= base::HUGEINT * 30,
    capped(y.revenue - base, 1, wan(100)), y.revenue - base IS NOT NULL, 0, 'eligible_up_to'
FROM grown
UNION ALL
SELECT applicant, 'wuhan-cybersecurity-2026', 'technology-contracts', y.id,
    listed(y.id) AND fit AND in_draft(year_end(y.year))
    AND CASE WHEN contracted >= wan(500) THEN true WHEN contracted_at_most < wan(500) THEN false END,
    capped(transacted_at_most, 1, wan(100)),
    transacted IS NOT DISTINCT FROM transacted_at_most OR transacted >= wan(10000), 0, 'eligible'
FROM contracting
UNION ALL
SELECT applicant, 'wuhan-cybersecurity-2026', 'scarce-talent', y.id,
    listed(y.id) AND fit AND year_end(y.year) <= draft_day() AND hired,
    wan(200), true, 0, 'competitive_up_to'
FROM hiring
UNION ALL
SELECT applicant, 'changsha-cybersecurity-2019', 'revenue-steps', y.id,
    listed(y.id) AND fit AND in_changsha_time(year_end(y.year)),
    wan(CASE WHEN coalesce(passed[5], true) THEN 1000 WHEN coalesce(passed[4], true) THEN 500 WHEN coalesce(passed[3], true) THEN 100
         WHEN coalesce(passed[2], true) THEN 50 WHEN coalesce(passed[1], true) THEN 10 ELSE 0 END),
    coalesce(CASE WHEN passed[5] IS NOT FALSE THEN passed[5] WHEN passed[4] IS NOT FALSE THEN passed[4] WHEN passed[3] IS NOT FALSE THEN passed[3]
         WHEN passed[2] IS NOT FALSE THEN passed[2] ELSE passed[1] END, false), 0, 'eligible'
FROM stepping
