-- Two districts with both halves of 2024, the province's plan of 2024, and one commune after the reform of 1/7/2025.
-- Every rule of the gate is content with it.
insert into dim_unit
select md5(unit_code || '|' || valid_from), unit_code, unit_name, unit_level_code, parent_unit_code,
    valid_from::date, valid_to::date
from (values
    ('58', 'Tỉnh Ninh Thuận', 'province', null, '2004-07-08', '2025-06-30'),
    ('56', 'Tỉnh Khánh Hòa', 'province', null, '2004-07-08', '2025-06-30'),
    ('56', 'Tỉnh Khánh Hòa', 'province', null, '2025-07-01', null),
    ('585', 'Huyện Ninh Sơn', 'district', '58', '2004-07-08', '2025-06-30'),
    ('587', 'Huyện Ninh Phước', 'district', '58', '2004-07-08', '2025-06-30'),
    ('22819', 'Xã Quảng Sơn', 'commune', '585', '2004-07-08', '2025-06-30'),
    ('22870', 'Thị trấn Phước Dân', 'commune', '587', '2004-07-08', '2025-06-30'),
    ('22888', 'Xã An Hải', 'commune', '587', '2004-07-08', '2025-06-30'),
    ('22810', 'Xã Ninh Sơn', 'commune', '56', '2025-07-01', null),
    ('22813', 'Xã Lâm Sơn', 'commune', '56', '2025-07-01', null),
    ('22870', 'Xã Ninh Phước', 'commune', '56', '2025-07-01', null),
    ('22888', 'Xã Phước Dinh', 'commune', '56', '2025-07-01', null)
) as u (unit_code, unit_name, unit_level_code, parent_unit_code, valid_from, valid_to);

insert into bridge_unit_succession
select o.unit_key, n.unit_key, s.old_unit_code, s.new_unit_code, s.relation_code
from (values
    ('22870', '22870', 'full'),
    ('22888', '22888', 'full'),
    ('22819', '22810', 'split_default'),
    ('22819', '22813', 'split_other')
) as s (old_unit_code, new_unit_code, relation_code)
inner join dim_unit as o on s.old_unit_code = o.unit_code and o.valid_to is not null
inner join dim_unit as n on s.new_unit_code = n.unit_code and n.valid_to is null;

insert into dim_period values
    ('2024H1', 'H1', 2024, '2023-12-15', '2024-06-14', '2024-06-18', 'Điều 12 Nghị định số 09/2019/NĐ-CP', '2024-06-25'),
    ('2024H2', 'H2', 2024, '2024-06-15', '2024-12-14', '2024-12-17', 'Điều 12 Nghị định số 09/2019/NĐ-CP', '2024-12-25'),
    ('2024Y', 'Y', 2024, '2023-12-15', '2024-12-14', '2024-12-17', 'Điều 12 Nghị định số 09/2019/NĐ-CP', '2024-12-25'),
    ('2025H2', 'H2', 2025, '2025-06-15', '2025-12-14', '2025-12-16', 'Điều 12 Nghị định số 09/2019/NĐ-CP', '2025-12-25');
insert into dim_build values ('2024-12-18 01:30:00+00');
insert into bridge_period values
    ('2024H1', 'stock', '2024H1'), ('2024H1', 'flow', '2024H1'),
    ('2024H2', 'stock', '2024H2'), ('2024H2', 'flow', '2024H2'),
    ('2024Y', 'stock', '2024H2'), ('2024Y', 'flow', '2024H1'), ('2024Y', 'flow', '2024H2'),
    ('2025H2', 'stock', '2025H2'), ('2025H2', 'flow', '2025H2');
insert into dim_funding_content values ('1', 'Tư vấn phát triển sản phẩm'), ('6', 'Nhãn hiệu');
insert into dim_funding_source values ('NSDP_HUYEN', 'NSDP', true), ('TU_HUY_DONG', 'TU_HUY_DONG', false);
insert into dim_indicator values
    ('new_product', 'Sản phẩm mới được công nhận', 'sản phẩm'),
    ('planned_product', 'Sản phẩm dự kiến tham gia đánh giá, phân hạng', 'sản phẩm'),
    ('producer_htx_pct', 'Tỷ lệ chủ thể là hợp tác xã', '%');
--! facts
insert into fct_submission (
    submission_id, unit_code, period_code, file_name, received_at, verdict_code, revision_no, is_held,
    is_in_force, is_on_time
) values
    ('2024H1-585-a', '585', '2024H1', 'ninh-son.xlsx', '2024-06-15', 'accepted', 1, false, true, true),
    ('2024H1-587-a', '587', '2024H1', 'ninh-phuoc.xlsx', '2024-06-15', 'accepted', 1, false, true, true),
    ('2024H2-585-a', '585', '2024H2', 'ninh-son.xlsx', '2024-12-15', 'accepted', 1, false, true, true),
    ('2024H2-587-a', '587', '2024H2', 'ninh-phuoc.xlsx', '2024-12-13', 'accepted', 1, false, false, true),
    ('2024H2-587-b', '587', '2024H2', 'ninh-phuoc-sua.xlsx', '2024-12-15', 'accepted', 2, false, true, true),
    ('2024H2-587-c', '587', '2024H2', 'hong.xlsx', '2024-12-16', 'refused', null, false, false, true),
    ('2024Y-58-a', '58', '2024Y', 'ke-hoach.xlsx', '2024-02-20', 'accepted', 1, false, true, true),
    ('2025H2-22870-a', '22870', '2025H2', 'xa-ninh-phuoc.xlsx', '2025-12-15', 'accepted', 1, false, true, true);

insert into dim_producer
select 'pr' || n, 'HTX số ' || n, 'HTX' from range(1, 18) as t (n);
insert into dim_product
select 'p' || n, 'Nho sấy số ' || n, 'pr' || n, 'HTX số ' || n, (1 + n % 6)::varchar from range(1, 18) as t (n);

-- p1–p10 valid at Ninh Phước, p11–p15 at Ninh Sơn, p16 expired, p17 proposed in the second half only
insert into fct_product_status
select
    s.period_code, s.unit_code,
    case when s.unit_code <> '587' then '22819' when n % 2 = 0 then '22870' else '22888' end,
    'p' || n, 'pr' || n, (1 + n % 6)::varchar, 'HTX', case when n = 17 then null else 3 + n % 2 end,
    case when n = 17 then 4 end,
    case n when 16 then 'expired' when 17 then 'proposed' else 'recognised' end,
    case n when 16 then 'expired' when 17 then 'proposed' else 'recognised' end,
    case when n in (15, 17) then 'stated' else 'computed' end,
    n < 16, n < 17,
    case n when 15 then null when 16 then date '2020-11-02' when 17 then null else date '2023-10-10' end,
    case n when 15 then null when 16 then date '2020-11-02' when 17 then null else date '2023-10-10' end,
    case n when 15 then null when 16 then date '2023-11-02' when 17 then null else date '2026-10-10' end,
    case when n < 17 then n || '/QĐ-UBND' end, 'UBND ' || lower(u.unit_name), null,
    s.submission_id, 'Sản phẩm', 10 + n
from fct_submission as s
inner join dim_unit as u on s.unit_code = u.unit_code and u.unit_level_code = 'district'
cross join range(1, 18) as t (n)
where
    s.is_in_force
    and case when s.unit_code = '587' then n <= 10 or n >= 16 else n between 11 and 15 end
    and (n < 17 or s.period_code = '2024H2');
-- after the reform the commune answers for what the old Phước Dân had
insert into fct_product_status
select * replace (
    '2025H2' as period_code, '22870' as unit_code, '2025H2-22870-a' as _submission_id,
    'UBND tỉnh' as issuing_authority
)
from fct_product_status
where period_code = '2024H2' and commune_code = '22870' and is_cumulative;

insert into fct_rating values
    ('2024H2', '587', 'p1', 'pr1', 'first', 'district', '2024-10-01', 62.5, 3, null, '1/QĐ-UBND', '2024-10-10',
        'recognised', 'Theo biên bản số 12, ngày 1.10.2024', '2024H2-587-b', 'Phân hạng', 11),
    ('2025H2', '22870', 'p2', 'pr2', 're_rating', 'province', '2025-10-01', 71, 4, null, '90/QĐ-UBND',
        '2025-10-10', 'kept', null, '2025H2-22870-a', 'Phân hạng', 11);
insert into fct_funding values
    ('2024H1', '587', 2024, 'NSDP_HUYEN', true, 'SN', '1', 500, 93.974, 2, false, null, '2024H1-587-a', 'Kinh phí', 11),
    ('2024H2', '587', 2024, 'NSDP_HUYEN', true, 'SN', '6', null, 345, 17, false, null, '2024H2-587-b', 'Kinh phí', 11),
    ('2024H2', '585', 2024, 'TU_HUY_DONG', false, null, '1', 25, null, 3, true, null, '2024H2-585-a', 'Kinh phí', 11);
insert into fct_target values
    ('2024Y', '58', '58', 'new_product', 2024, 2024, 10, 20, 'sản phẩm', null, null, null, false, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 11),
    ('2024Y', '58', '58', 'planned_product', 2024, 2024, 12, 12, 'sản phẩm', null, null, null, true, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 12),
    ('2024Y', '58', '587', 'planned_product', 2024, 2024, 7, 7, 'sản phẩm', null, null, null, true, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 13),
    ('2024Y', '58', '585', 'planned_product', 2024, 2024, 4, 6, 'sản phẩm', null, null, null, false, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 14),
    ('2024Y', '58', '587', 'planned_product', 2024, 2024, 6, 6, 'sản phẩm', 3, null, null, false, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 17),
    ('2024Y', '58', '58', 'producer_htx_pct', 2024, 2024, 30, null, '%', null, null, null, false, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 15),
    ('2024Y', '58', '587', 'producer_htx_pct', 2024, 2024, 40, null, '%', null, null, null, false, 'KH', null, '2024Y-58-a', 'Chỉ tiêu', 16);
insert into fct_activity values
    ('2024H2', '587', 'training', 'done', '2024-09-01', '2024-09-02', '22870', 2, 80, null, '2024H2-587-b', 'Hoạt động', 11),
    ('2024H1', '585', 'training', 'done', '2024-03-01', '2024-03-02', '22819', 1, 35, null, '2024H1-585-a', 'Hoạt động', 11);
insert into fct_issue (
    issue_key, submission_id, unit_code, period_code, rule_id, severity, family, column_title, value_text,
    expected_text, is_in_force
) values
    ('i1', '2024H2-587-a', '587', '2024H2', 'COVER-11', 'warning', 'control_total', 'Sản phẩm 3 sao', '5', '4', false),
    ('i2', '2024H2-587-b', '587', '2024H2', 'CELL-02', 'warning', 'missing_expected', 'Điểm', null, null, true);
insert into mart_identity_proposal values ('producer', 'HTX số 1', 'HTX số một', 'apart');
