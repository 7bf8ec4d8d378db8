-- A rule nobody can compute has no row.
with
    target as (select * from {{ ref("int_ministry__target") }}),

    source as (select * from {{ ref("int_ministry__result_source") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    added as (
        select
            period_code,
            row_code,
            case
                any_value(measure_kind)
                when 'count'
                then count(distinct evidence_key) filter (where is_counted)
                when 'sum'
                then coalesce(sum(amount) filter (where is_counted), 0)
                else
                    round(
                        100.0
                        * count(distinct evidence_key) filter (where is_counted)
                        / count(distinct evidence_key),
                        1
                    )
            end as result_value,
        from source
        where result_rule <> 'valid_product_per_commune_min'
        group by all
    ),

    -- The commune with fewest valid products; towns are not asked to have one.
    by_commune as (
        select
            target.report_period_code as period_code,
            target.row_code,
            commune.unit_code as commune_code,
            count(distinct source.evidence_key) as product_count,
        from target
        inner join
            indicator
            on target.indicator_code = indicator.indicator_code
            and indicator.result_rule = 'valid_product_per_commune_min'
        inner join
            expected_unit
            on target.report_period_code = expected_unit.period_code
            and target.subject_unit_code in (expected_unit.unit_code, expected_unit.province_code)
            and expected_unit.knows_product
        inner join
            unit as commune
            on commune.parent_unit_code = expected_unit.unit_code
            and commune.unit_name like 'Xã %'
            and {{ stands_on("commune", "target.report_cut_off_on") }}
        left join
            source
            on target.report_period_code = source.period_code
            and target.row_code = source.row_code
            and commune.unit_code = source.commune_code
        where target.product_name is null and target.product_group_code is null
        group by all
    ),

    least as (select period_code, row_code, min(product_count) as result_value, from by_commune group by all),

    final as (
        select period_code, row_code, result_value::decimal(18, 3) as result_value,
        from added
        union all
        select period_code, row_code, result_value::decimal(18, 3) as result_value,
        from least
    )

select *
from final
