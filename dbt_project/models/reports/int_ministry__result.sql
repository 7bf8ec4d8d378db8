-- What the facts say about each target, by the rule its indicator names. A rule nobody can compute has no
-- row.
with
    target as (select * from {{ ref("fct_target") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    period as (select * from {{ ref("dim_period") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- Units whose facts count for a target: the subject itself, or every reporting unit for the province.
    scope as (
        select distinct
            expected_unit.period_code,
            period.cut_off_on,
            target._submission_id,
            target._row_number,
            target.indicator_code,
            target.target_from_year,
            target.target_to_year,
            target.star,
            target.product_group_code,
            target.product_name,
            target.measure_unit,
            indicator.result_rule,
            expected_unit.unit_code,
        from target
        inner join indicator on target.indicator_code = indicator.indicator_code
        inner join
            expected_unit
            on target.subject_unit_code in (expected_unit.unit_code, expected_unit.province_code)
        inner join period on expected_unit.period_code = period.period_code
        where
            indicator.result_rule is not null
            and period.period_year between target.target_from_year and target.target_to_year
            -- a planned product named one by one, or of one group, is not measured by a count over the unit
            and target.product_name is null
            and target.product_group_code is null
    ),

    rated as (
        select
            scope.period_code,
            scope._submission_id,
            scope._row_number,
            count(distinct rating.product_key) filter (
                where
                    (scope.star is null or rating.star = scope.star)
                    and case
                        scope.result_rule
                        when 'new_product_in_year'
                        then rating.cycle_code = 'first' and rating.outcome_code = 'recognised'
                        when 'rated_product_in_year'
                        then true
                        when 'upgraded_product_in_year'
                        then rating.outcome_code = 'upgraded'
                        when 're_rated_product_in_year'
                        then rating.cycle_code = 're_rating'
                        else false
                    end
            ) as result_value,
        from scope
        inner join rating on scope.unit_code = rating.unit_code
        inner join
            period
            on rating.decided_period_code = period.period_code
            and period.period_year between scope.target_from_year and scope.target_to_year
            and period.cut_off_on <= scope.cut_off_on
        where
            scope.result_rule in (
                'new_product_in_year',
                'rated_product_in_year',
                'upgraded_product_in_year',
                're_rated_product_in_year'
            )
        group by all
    ),

    held as (
        select
            scope.period_code,
            scope._submission_id,
            scope._row_number,
            scope.result_rule,
            product_status.producer_key,
            product_status.producer_type_code,
            product_status.commune_code,
            product_status.product_key,
            scope.unit_code,
            scope.cut_off_on,
        from scope
        inner join bridge on scope.period_code = bridge.period_code and bridge.measure_code = 'stock'
        inner join
            product_status
            on bridge.source_period_code = product_status.period_code
            and scope.unit_code = product_status.unit_code
            and product_status.is_valid
    ),

    shared as (
        select
            period_code,
            _submission_id,
            _row_number,
            round(
                100.0 * count(distinct producer_key) filter (
                    where producer_type_code = if(result_rule = 'valid_producer_share_htx', 'HTX', 'DN')
                )
                / count(distinct producer_key),
                1
            ) as result_value,
        from held
        where result_rule in ('valid_producer_share_htx', 'valid_producer_share_dn')
        group by all
    ),

    -- The commune with fewest valid products; towns are not asked to have one.
    by_commune as (
        select
            scope.period_code,
            scope._submission_id,
            scope._row_number,
            commune.unit_code as commune_code,
            count(distinct held.product_key) as product_count,
        from scope
        inner join
            unit as commune
            on commune.parent_unit_code = scope.unit_code
            and commune.unit_name like 'Xã %'
            and scope.cut_off_on between commune.valid_from and coalesce(commune.valid_to, scope.cut_off_on)
        left join
            held
            on scope.period_code = held.period_code
            and scope._submission_id = held._submission_id
            and scope._row_number = held._row_number
            and commune.unit_code = held.commune_code
        where
            scope.result_rule = 'valid_product_per_commune_min'
            and (scope.period_code, scope.unit_code)
            in (select (period_code, unit_code), from expected_unit where knows_product)
        group by all
    ),

    least as (
        select period_code, _submission_id, _row_number, min(product_count) as result_value,
        from by_commune
        group by all
    ),

    done as (
        select
            scope.period_code,
            scope._submission_id,
            scope._row_number,
            coalesce(
                sum(activity.activity_count) filter (where activity.state_code = 'done'), 0
            ) as result_value,
        from scope
        inner join
            activity
            on scope.unit_code = activity.unit_code
            and scope.result_rule = 'activity_done_' || activity.activity_type_code
            and scope.measure_unit = activity.measure_unit
            and activity.from_year >= scope.target_from_year
            and activity.to_year <= scope.target_to_year
        inner join
            period on activity.period_code = period.period_code and period.cut_off_on <= scope.cut_off_on
        group by all
    ),

    final as (
        select period_code, _submission_id, _row_number, result_value::decimal(18, 3) as result_value,
        from rated
        union all
        select period_code, _submission_id, _row_number, result_value::decimal(18, 3) as result_value,
        from shared
        union all
        select period_code, _submission_id, _row_number, result_value::decimal(18, 3) as result_value,
        from least
        union all
        select period_code, _submission_id, _row_number, result_value::decimal(18, 3) as result_value,
        from done
    )

select *
from final
