-- The forty measures of README.md for DuckDB. `h` says whether the conditions hold (null: open), `f` is the sum in
-- fen (null where missing facts leave it open). Rates multiply first and divide once, so sums are exact.
CREATE OR REPLACE MACRO wan(x) AS x * 1000000::BIGINT;  -- 万元 in fen
CREATE OR REPLACE MACRO capped(x, cap) AS CASE WHEN x IS NOT NULL THEN least(x, cap) END;
CREATE OR REPLACE MACRO at_least(x, floor) AS CASE WHEN x IS NOT NULL THEN greatest(x, floor) END;
CREATE OR REPLACE MACRO lesser(a, b) AS CASE WHEN a <= b THEN a WHEN a > b THEN b END;

CREATE OR REPLACE VIEW facts AS
SELECT
    *,
    kind IN ('enterprise', 'institution') AND clean_record AS may,
    industry IN ('software', 'chips', 'equipment') AS digital,
    size IN ('micro', 'small') AS small_firm,
    registered >= DATE '2023-06-30' AS young,
    completed BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' AS finished,
    coalesce(high_tech::INT, 0) + coalesce(specialised::INT, 0)
        + coalesce(green_factory::INT, 0) + coalesce(state_lab::INT, 0) AS held,
    coalesce(high_tech::INT, 1) + coalesce(specialised::INT, 1)
        + coalesce(green_factory::INT, 1) + coalesce(state_lab::INT, 1) AS perhaps,
    -- Awards that several measures use, in tenths and hundredths of a fen.
    capped(rnd_spend, wan(2000)) AS rnd_award_10,
    capped(12 * equipment_spend, wan(50000)) AS equipment_award_100,
    capped(30 * loan_interest, wan(10000)) AS interest_award_100,
    capped(5 * tax_paid, wan(30000)) AS tax_award_100
FROM applicants;

CREATE OR REPLACE VIEW measured AS
SELECT
    row, may,
    -- 1 revenue-step
    digital AS h1,
    CASE WHEN revenue < wan(1000) OR revenue_last >= wan(100000) THEN 0 WHEN revenue IS NULL OR revenue_last IS NULL THEN NULL WHEN revenue >= wan(100000) THEN wan(200) WHEN revenue >= wan(10000) AND revenue_last < wan(10000) THEN wan(60) WHEN revenue >= wan(5000) AND revenue_last < wan(5000) THEN wan(30) WHEN revenue_last < wan(1000) THEN wan(10) ELSE 0 END AS f1,
    -- 2 rnd-growth
    high_tech AND rnd_spend > rnd_last AS h2,
    capped(20 * (rnd_spend - rnd_last) // 100, wan(100)) AS f2,
    -- 3 rnd-award
    revenue >= wan(2000) AND 100 * rnd_spend >= 5 * revenue AS h3,
    rnd_award_10 // 10 AS f3,
    -- 4 rnd-match
    revenue >= wan(2000) AND 100 * rnd_spend >= 5 * revenue AND state_lab AS h4,
    rnd_award_10 // 20 AS f4,
    -- 5 export-growth
    export_revenue >= wan(500) AND 100 * export_revenue > 120 * export_last AS h5,
    capped((export_revenue - export_last) // 100, wan(50)) AS f5,
    -- 6 equipment
    equipment_spend >= wan(100) AND finished AND industry IN ('equipment', 'materials', 'energy') AS h6,
    equipment_award_100 // 100 AS f6,
    -- 7 equipment-top-up
    equipment_spend >= wan(100) AND finished AND industry IN ('equipment', 'materials', 'energy') AND green_factory AS h7,
    at_least(equipment_award_100 // 500, wan(10)) AS f7,
    -- 8 specialised-title
    specialised AND certified >= DATE '2025-06-30' AS h8,
    CASE size WHEN 'micro' THEN wan(20) WHEN 'small' THEN wan(30) WHEN 'medium' THEN wan(50) WHEN 'large' THEN 0 END AS f8,
    -- 9 high-tech-title
    high_tech AND NOT specialised AND certified >= DATE '2025-07-01' AS h9,
    wan(10) AS f9,
    -- 10 above-scale-entry
    above_scale AND employees >= 20 AS h10,
    capped(wan(5) + 100000 * employees, wan(20)) AS f10,
    -- 11 young-rent
    small_firm AND young AND district IN ('east_lake', 'valley', 'north_hills') AS h11,
    capped(rent_paid // 2, wan(12)) AS f11,
    -- 12 loan-interest
    credit IN ('a', 'b') AND size <> 'large' AS h12,
    interest_award_100 // 100 AS f12,
    -- 13 cloud
    size IN ('micro', 'small', 'medium') AS h13,
    CASE WHEN cloud_spend >= wan(200) THEN wan(40) WHEN cloud_spend >= wan(50) THEN wan(10) WHEN cloud_spend >= wan(10) THEN wan(2) WHEN cloud_spend < wan(10) THEN 0 END AS f13,
    -- 14 training
    training_spend >= 50000 * employees AS h14,
    lesser(60 * training_spend // 100, 200000 * employees) AS f14,
    -- 15 new-jobs
    employees - employees_last >= 10 AND employees >= 10 AS h15,
    capped(300000 * (employees - employees_last), wan(60)) AS f15,
    -- 16 graduates
    graduates > 5 AS h16,
    capped(200000 * graduates, wan(20)) AS f16,
    -- 17 patents
    industry <> 'trade' AS h17,
    CASE WHEN patents >= 100 THEN wan(30) WHEN patents >= 50 THEN wan(15) WHEN patents >= 10 THEN wan(3) WHEN patents < 10 THEN 0 END AS f17,
    -- 18 standards
    standards >= 1 AS h18,
    capped(wan(20) * standards, wan(100)) AS f18,
    -- 19 listing-award
    listed >= DATE '2024-06-30' AS h19,
    CASE listing WHEN 'regional' THEN wan(30) WHEN 'national' THEN wan(100) WHEN 'main_board' THEN wan(500) WHEN 'unlisted' THEN 0 END AS f19,
    -- 20 tax-contribution
    tax_paid > wan(200) AND 100 * tax_paid >= 4 * revenue AS h20,
    tax_award_100 // 100 AS f20,
    -- 21 two-certificates
    CASE WHEN held >= 2 THEN true WHEN perhaps < 2 THEN false END AS h21,
    wan(15) AS f21,
    -- 22 three-certificates
    CASE WHEN held >= 3 THEN true WHEN perhaps < 3 THEN false END AND district IN ('north_hills', 'valley') AS h22,
    wan(40) AS f22,
    -- 23 big-investment
    investment >= wan(10000) AS h23,
    CASE WHEN investment >= wan(100000) THEN wan(5000) WHEN investment >= wan(50000) THEN wan(2000) WHEN investment >= wan(10000) THEN wan(500) WHEN investment < wan(10000) THEN 0 END AS f23,
    -- 24 investment-aid
    investment >= wan(2000) AND investment < wan(10000) AS h24,
    3 * investment // 100 AS f24,
    -- 25 software-rnd
    industry = 'software' AND revenue >= wan(500) AND 100 * rnd_spend >= 15 * revenue AS h25,
    capped(8 * rnd_spend // 100, wan(150)) AS f25,
    -- 26 chip-support
    industry = 'chips' AND (revenue >= wan(10000) OR rnd_spend >= wan(3000)) AS h26,
    capped(lesser(2 * revenue // 100, 15 * rnd_spend // 100), wan(800)) AS f26,
    -- 27 biotech-rnd
    industry = 'biotech' AND rnd_spend >= wan(200) AS h27,
    capped(15 * rnd_spend // 100, wan(500)) AS f27,
    -- 28 culture-space
    industry = 'culture' AND employees >= 8 AS h28,
    CASE WHEN coalesce(rent_paid, 0) + coalesce(training_spend, 0) >= wan(75) THEN wan(30) ELSE 40 * (rent_paid + training_spend) // 100 END AS f28,
    -- 29 smart-logistics
    industry = 'logistics' AND devices >= 20 AS h29,
    capped(50000 * devices, wan(25)) AS f29,
    -- 30 green-factory
    green_factory AS h30,
    CASE WHEN size = 'large' THEN wan(60) WHEN size IS NOT NULL THEN wan(30) END AS f30,
    -- 31 newcomer-tax
    young AND tax_paid >= wan(50) AS h31,
    capped(30 * tax_paid // 100, wan(80)) AS f31,
    -- 32 branches
    branches >= 3 AND NOT high_tech AS h32,
    capped(wan(2) * branches, wan(10)) AS f32,
    -- 33 apprentices
    apprentices >= 5 AS h33,
    CASE WHEN 1500000 * coalesce(apprentices, 0) + coalesce(training_spend, 0) >= wan(150) THEN wan(15) ELSE (1500000 * apprentices + training_spend) // 10 END AS f33,
    -- 34 old-town
    district = 'old_town' AS h34,
    CASE WHEN 30 * rent_paid >= wan(5000) OR 5 * investment >= wan(5000) THEN wan(50) WHEN 30 * rent_paid >= 5 * investment THEN 30 * rent_paid // 100 WHEN 30 * rent_paid < 5 * investment THEN 5 * investment // 100 END AS f34,
    -- 35 port-exports
    district IN ('airport', 'river_port') AND export_revenue >= wan(1000) AS h35,
    at_least(5 * export_revenue // 1000, wan(8)) AS f35,
    -- 36 credit-award
    credit = 'a' AND listing <> 'unlisted' AS h36,
    wan(5) AS f36,
    -- 37 steady-jobs
    employees >= employees_last AND revenue < revenue_last AS h37,
    capped(50000 * employees, wan(30)) AS f37,
    -- 38 joint-support
    credit IN ('a', 'b') AND tax_paid > wan(200) AS h38,
    (interest_award_100 + tax_award_100) // 1000 AS f38,
    -- 39 new-plant
    finished AND above_scale AND investment > wan(500) AS h39,
    CASE WHEN coalesce(investment, 0) + coalesce(equipment_spend, 0) >= wan(10000) THEN wan(200) ELSE 2 * (investment + equipment_spend) // 100 END AS f39,
    -- 40 balanced-growth
    CASE WHEN held >= 1 THEN true WHEN perhaps < 1 THEN false END AS h40,
    lesser(10 * rnd_award_10, equipment_award_100) // 500 AS f40
FROM facts;

-- A claim is payable where `v` is true, undetermined where it is null.
CREATE OR REPLACE VIEW judged AS
SELECT
    row,
    may AND h1 AND f1 > 0 AS v1, f1,
    may AND h2 AND f2 > 0 AS v2, f2,
    may AND h3 AND f3 > 0 AS v3, f3,
    may AND h4 AND f4 > 0 AS v4, f4,
    may AND h5 AND f5 > 0 AS v5, f5,
    may AND h6 AND f6 > 0 AS v6, f6,
    may AND h7 AND f7 > 0 AS v7, f7,
    may AND h8 AND f8 > 0 AS v8, f8,
    may AND h9 AND f9 > 0 AS v9, f9,
    may AND h10 AND f10 > 0 AS v10, f10,
    may AND h11 AND f11 > 0 AS v11, f11,
    may AND h12 AND f12 > 0 AS v12, f12,
    may AND h13 AND f13 > 0 AS v13, f13,
    may AND h14 AND f14 > 0 AS v14, f14,
    may AND h15 AND f15 > 0 AS v15, f15,
    may AND h16 AND f16 > 0 AS v16, f16,
    may AND h17 AND f17 > 0 AS v17, f17,
    may AND h18 AND f18 > 0 AS v18, f18,
    may AND h19 AND f19 > 0 AS v19, f19,
    may AND h20 AND f20 > 0 AS v20, f20,
    may AND h21 AND f21 > 0 AS v21, f21,
    may AND h22 AND f22 > 0 AS v22, f22,
    may AND h23 AND f23 > 0 AS v23, f23,
    may AND h24 AND f24 > 0 AS v24, f24,
    may AND h25 AND f25 > 0 AS v25, f25,
    may AND h26 AND f26 > 0 AS v26, f26,
    may AND h27 AND f27 > 0 AS v27, f27,
    may AND h28 AND f28 > 0 AS v28, f28,
    may AND h29 AND f29 > 0 AS v29, f29,
    may AND h30 AND f30 > 0 AS v30, f30,
    may AND h31 AND f31 > 0 AS v31, f31,
    may AND h32 AND f32 > 0 AS v32, f32,
    may AND h33 AND f33 > 0 AS v33, f33,
    may AND h34 AND f34 > 0 AS v34, f34,
    may AND h35 AND f35 > 0 AS v35, f35,
    may AND h36 AND f36 > 0 AS v36, f36,
    may AND h37 AND f37 > 0 AS v37, f37,
    may AND h38 AND f38 > 0 AS v38, f38,
    may AND h39 AND f39 > 0 AS v39, f39,
    may AND h40 AND f40 > 0 AS v40, f40
FROM measured;
