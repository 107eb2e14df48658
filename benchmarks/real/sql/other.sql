-- Measures that rest on standards, products, events, guarantees, other public money, listings, prizes and homes.
-- Of these lists a measure without a word of its own speaks of every record.
WITH standards AS (
    SELECT id AS applicant, kind, legal_person, security, in_chengdu, in_changsha AND taxed_in_changsha AND security AS changsha_fit,
        unnest(if(len(standard.items) = 0 AND NOT standard.complete, [NULL], standard.items)) AS s
    FROM applicants
),
products AS (
    SELECT id AS applicant, kind, legal_person, security, in_chengdu,
        any_of(list_transform(public_money.items, lambda m: m.source = 'premium_subsidy' AND m.granted >= chengdu_starts()), public_money.complete) AS subsidised_since,
        list_transform(product.items, lambda p: coalesce(p.kind, '?')) AS others,
        unnest(if(product.complete, product.items, list_append(product.items, NULL))) AS p
    FROM applicants
),
events AS (
    SELECT id AS applicant, kind, legal_person, in_wuhan,
        list_transform(event.items, lambda e: coalesce(e.kind, '?')) AS others,
        unnest(if(event.complete, event.items, list_append(event.items, NULL))) AS e
    FROM applicants
),
guarantees AS (
    SELECT id AS applicant, kind IN ('enterprise', 'institution', 'nonprofit') AND legal_person AND in_chengdu
            AND list_contains(fields, 'finance_guarantee') AS fit,
        unnest(if(len(guarantee.items) = 0 AND NOT guarantee.complete, [NULL], guarantee.items)) AS g
    FROM applicants
),
moneys AS (
    SELECT id AS applicant, kind, in_wuhan,
        list_transform(public_money.items, lambda m: coalesce(m.source, '?')) AS others,
        unnest(if(public_money.complete, public_money.items, list_append(public_money.items, NULL))) AS m
    FROM applicants
),
listings AS (
    SELECT id AS applicant, kind = 'enterprise' AND in_changsha AND taxed_in_changsha AND security AS fit,
        unnest(if(len(listing.items) = 0 AND NOT listing.complete, [NULL], listing.items)) AS l
    FROM applicants
),
prizes AS (
    SELECT id AS applicant, kind IN ('enterprise', 'team') AS fit,
        list_transform(prize.items, lambda p: coalesce(p.contest, '?')) AS others,
        unnest(if(prize.complete, prize.items, list_append(prize.items, NULL))) AS p
    FROM applicants
),
homes AS (
    SELECT applicant, fit, h, list_filter(titles, lambda o: o.id = h.talent)[1].title AS title,
        if(h.talent_none, '', h.talent) AS talent,
        none_of(list_transform(list_filter(items, lambda o: o.id <> h.id), lambda o: if(o.talent_none, '', o.talent) = if(h.talent_none, '', h.talent)
            AND (o.bought < h.bought OR (o.bought = h.bought AND o.id < h.id))), complete) AS first_home
    FROM (
        SELECT id AS applicant, kind = 'person' AND security AS fit, home.items AS items, home.complete AS complete, recognition.items AS titles,
            unnest(if(len(home.items) = 0 AND NOT home.complete, [NULL], home.items)) AS h
        FROM applicants
        WHERE (kind = 'person') IS NOT FALSE
    )
)
-- Chengdu 一（四）#1
SELECT applicant, 'chengdu-cybersecurity-2020' AS policy, 'standards-award' AS measure, s.id AS record,
    listed(s.id) AND kind = 'enterprise' AND legal_person AND security AND in_chengdu AND in_chengdu_time(s.approved)
    AND s.level IN ('international', 'national', 'industry') AND s.role = 'led' AND list_contains(s.fields, 'cybersecurity') AS holds,
    wan(100) AS most, true AS settled, 0::BIGINT AS lowest, 'eligible_up_to' AS verdict
FROM standards
UNION ALL
-- Changsha 二（六）#1.2
SELECT applicant, 'changsha-cybersecurity-2019', 'standards-award', s.id,
    listed(s.id) AND kind IN ('enterprise', 'research_institute', 'platform_operator') AND changsha_fit AND in_changsha_time(s.approved)
    AND s.level IN ('international', 'national', 'local') AND (s.role = 'led' OR s.level = 'local')
    AND (s.action = 'formulated' OR s.level IN ('international', 'national')) AND list_contains(s.fields, 'cybersecurity'),
    wan(CASE s.level WHEN 'national' THEN 10 WHEN 'local' THEN 5 ELSE 30 END), s.level IS NOT NULL, 0, 'eligible'
FROM standards
UNION ALL
-- Chengdu 四（十一）#1, the developer
SELECT applicant, 'chengdu-cybersecurity-2020', 'first-set-developer', p.id,
    kind = 'enterprise' AND speaks(p.id, p.kind, others, ['first_set', 'first_batch']) AND p.role = 'developer' AND legal_person AND security
    AND in_chengdu AND in_chengdu_time(p.recognised) AND list_contains(p.fields, 'cybersecurity'),
    capped(p.rnd_spend, 10, wan(300)), p.rnd_spend IS NOT NULL, 0, 'eligible'
FROM products
UNION ALL
-- 四（十一）#1, the user
SELECT applicant, 'chengdu-cybersecurity-2020', 'first-set-user', p.id,
    chengdu_body(kind) AND speaks(p.id, p.kind, others, ['first_set', 'first_batch']) AND p.role = 'user' AND legal_person
    AND in_chengdu AND in_chengdu_time(p.recognised) AND list_contains(p.fields, 'cybersecurity'),
    capped(p.contract_executed, 10, wan(300)), p.contract_executed IS NOT NULL, 0, 'eligible'
FROM products
UNION ALL
-- 四（十一）#2: the product, or the premium subsidy of the state, lies after the start
SELECT applicant, 'chengdu-cybersecurity-2020', 'premium-match', p.id,
    kind = 'enterprise' AND speaks(p.id, p.kind, others, ['first_set', 'first_version']) AND legal_person AND security AND in_chengdu
    AND p.recognised <= chengdu_day() AND list_contains(p.fields, 'cybersecurity') AND p.premium_subsidised
    AND (p.recognised >= chengdu_starts() OR subsidised_since),
    capped(p.premium_approved, 5, wan(300)), p.premium_approved IS NOT NULL, 0, 'eligible'
FROM products
UNION ALL
-- Wuhan digital economy 二（二）#1
SELECT applicant, 'wuhan-digital-economy-2022', 'digital-event', e.id,
    wuhan_body(kind) AND speaks(e.id, e.kind, others, ['digital_event']) AND e.role = 'host' AND in_wuhan AND in_digital(e.held) AND e.influential,
    NULL, true, 0, 'case_by_case'
FROM events
UNION ALL
-- Chengdu 五（十六）#1
SELECT applicant, 'chengdu-cybersecurity-2020', 'security-event', e.id,
    chengdu_body(kind) AND speaks(e.id, e.kind, others, ['security_event']) AND e.role = 'host' AND legal_person AND in_chengdu_time(e.held)
    AND in_city(e.division, '5101') AND e.influential,
    wan(300), true, 0, 'eligible_up_to'
FROM events
UNION ALL
-- Wuhan cybersecurity 二（五）#5: 1% of the contracts, capped by what the event cost
SELECT applicant, 'wuhan-cybersecurity-2026', 'matchmaking-event', e.id,
    wuhan_body(kind) AND speaks(e.id, e.kind, others, ['matchmaking']) AND e.role = 'host' AND in_wuhan AND in_draft(e.held)
    AND list_contains(e.fields, 'cybersecurity') AND e.contract_value > wan(100),
    capped(e.contract_value, 1, e.total_cost), e.contract_value IS NOT NULL AND e.total_cost IS NOT NULL, 0, 'eligible'
FROM events
UNION ALL
-- 五（十）#1
SELECT applicant, 'wuhan-cybersecurity-2026', 'security-event', e.id,
    wuhan_body(kind) AND speaks(e.id, e.kind, others, ['security_event']) AND e.role = 'host' AND in_wuhan AND in_draft(e.held) AND e.influential,
    NULL, true, 0, 'amount_not_stated'
FROM events
UNION ALL
-- Chengdu 五（十七）#2
SELECT applicant, 'chengdu-cybersecurity-2020', 'guarantee-compensation', g.id,
    listed(g.id) AND fit AND in_chengdu_time(year_end(g.year)) AND g.for_small_security_firms,
    capped(g.paid_out, 15, wan(300)), g.paid_out IS NOT NULL, 0, 'eligible_up_to'
FROM guarantees
UNION ALL
-- Wuhan digital economy 三（一）#2
SELECT applicant, 'wuhan-digital-economy-2022', 'provincial-match', m.id,
    kind = 'enterprise' AND speaks(m.id, m.source, others, ['provincial_manufacturing']) AND in_wuhan AND in_digital(m.granted),
    part(m.amount, 20), m.amount IS NOT NULL, 0, 'eligible'
FROM moneys
UNION ALL
-- Changsha 二（八）
SELECT applicant, 'changsha-cybersecurity-2019', 'listing-subsidy', l.id,
    listed(l.id) AND fit AND in_changsha_time(l.reached) AND l.first_offering,
    wan(CASE l.step WHEN 'application_accepted' THEN 50 WHEN 'listed' THEN 50 ELSE 100 END), l.step IS NOT NULL, 0, 'eligible'
FROM listings
UNION ALL
-- Changsha 二（十）#1
SELECT applicant, 'changsha-cybersecurity-2019', 'contest-prize', p.id,
    fit AND speaks(p.id, p.contest, others, ['changsha_security']) AND in_changsha_time(p.awarded),
    wan(CASE p.rank WHEN 1 THEN 100 WHEN 2 THEN 50 WHEN 3 THEN 30 ELSE if(p.rank IS NULL, 100, 0) END), p.rank IS NOT NULL, 0, 'eligible'
FROM prizes
UNION ALL
-- 二（十）#2.1
SELECT applicant, 'changsha-cybersecurity-2019', 'contest-settlement', p.id,
    fit AND speaks(p.id, p.contest, others, ['changsha_security']) AND in_changsha_time(p.awarded)
    AND has(p.settled, p.settled_none) AND p.settled <= changsha_day(),
    wan(CASE p.rank WHEN 1 THEN 300 WHEN 2 THEN 200 WHEN 3 THEN 100 ELSE if(p.rank IS NULL, 300, 0) END), p.rank IS NOT NULL, 0, 'eligible'
FROM prizes
UNION ALL
-- 二（十）#2.2
SELECT applicant, 'changsha-cybersecurity-2019', 'contest-settlement-outstanding', p.id,
    fit AND speaks(p.id, p.contest, others, ['changsha_security']) AND in_changsha_time(p.awarded)
    AND p.rank <= 3 AND has(p.settled, p.settled_none) AND p.settled <= changsha_day() AND p.outstanding,
    wan(1000), true, 0, 'case_by_case'
FROM prizes
UNION ALL
-- Changsha 二（五）#1.3: a standard area by title times the price of the area
SELECT applicant, 'changsha-cybersecurity-2019', 'leading-talent-housing', h.id,
    listed(h.id) AND fit AND in_changsha_time(h.bought) AND talent <> ''
    AND title IN ('international_top_talent', 'national_leading_talent', 'local_leading_talent')
    AND first_home AND in_city(h.division, '4301'),
    (h.market_price.numerator::HUGEINT * CASE title WHEN 'national_leading_talent' THEN 150 WHEN 'local_leading_talent' THEN 100
        WHEN 'international_top_talent' THEN 200 ELSE if(title IS NULL, 200, 0) END // h.market_price.denominator)::BIGINT,
    h.market_price IS NOT NULL AND title IS NOT NULL, 0, 'eligible'
FROM homes
