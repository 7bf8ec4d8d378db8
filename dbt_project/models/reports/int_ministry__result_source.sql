-- What the facts say about each target, by the rule its indicator names, before it is added up.
with
    target as (select * from {{ ref("int_ministry__target") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    standing as (select * from {{ ref("int_ministry__standing") }} where is_valid),

    -- Units whose facts count for a target: the subject itself, or every reporting unit for the province.
    scope as (
        select
            target.report_period_code as period_code,
            target.row_code,
            target.report_cut_off_on as cut_off_on,
            target.target_from_year,
            target.target_to_year,
            target.star,
            target.measure_unit,
            indicator.result_rule,
            expected_unit.unit_code,
        from target
        inner join indicator on target.indicator_code = indicator.indicator_code
        inner join
            expected_unit
            on target.report_period_code = expected_unit.period_code
            and target.subject_unit_code in (expected_unit.unit_code, expected_unit.province_code)
        -- a planned product named one by one, or of one group, is not measured by a count over the unit
        where target.product_name is null and target.product_group_code is null
    ),

    rated as (
        select
            scope.*,
            'count' as measure_kind,
            rating.product_key as evidence_key,
            null::varchar as commune_code,
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
            end as is_counted,
            null::decimal(18, 3) as amount,
            rating._submission_id,
            rating._sheet,
            rating._row_number,
            'outcome_code' as _field_name,
            ['product_name', 'producer_name', 'cycle_code', 'star', 'decision_date'] as _other_field_names,
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
    ),

    held as (
        select
            scope.*,
            'derived' as measure_kind,
            if(
                scope.result_rule = 'valid_product_per_commune_min',
                standing.product_key,
                standing.producer_key
            ) as evidence_key,
            standing.commune_code,
            coalesce(
                case
                    scope.result_rule
                    when 'valid_producer_share_htx'
                    then standing.producer_type_code = 'HTX'
                    when 'valid_producer_share_dn'
                    then standing.producer_type_code = 'DN'
                    else true
                end,
                false
            ) as is_counted,
            null::decimal(18, 3) as amount,
            standing._submission_id,
            standing._sheet,
            standing._row_number,
            if(
                not standing.is_own_row,
                'decision_date',
                if(scope.result_rule = 'valid_product_per_commune_min', 'commune_code', 'producer_type_code')
            ) as _field_name,
            standing._standing_field_names as _other_field_names,
        from scope
        inner join
            source_period
            on scope.period_code = source_period.period_code
            and scope.unit_code = source_period.unit_code
            and source_period.measure_code = 'stock'
        inner join
            standing
            on source_period.source_period_code = standing.period_code
            and scope.unit_code = standing.unit_code
        where
            scope.result_rule
            in ('valid_producer_share_htx', 'valid_producer_share_dn', 'valid_product_per_commune_min')
    ),

    done as (
        select
            scope.*,
            'sum' as measure_kind,
            null::varchar as evidence_key,
            null::varchar as commune_code,
            activity.state_code = 'done' as is_counted,
            activity.activity_count::decimal(18, 3) as amount,
            activity._submission_id,
            activity._sheet,
            activity._row_number,
            'activity_count' as _field_name,
            [
                'activity_type_code',
                'state_code',
                'measure_unit',
                'from_year',
                'to_year',
                'from_date',
                'to_date'
            ] as _other_field_names,
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
    ),

    final as (
        select *
        from rated
        union all by name
        select *
        from held
        union all by name
        select *
        from done
    )

select *
from final
