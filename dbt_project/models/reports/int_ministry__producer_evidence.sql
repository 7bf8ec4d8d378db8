with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    producer_figure as (
        select
            report_period_code as period_code,
            unnest(['producer_by_type', 'headline']) as table_code,
            unnest([coalesce(producer_type_code, 'unknown'), 'producer']) as row_code,
            unnest(['producer_count', 'value']) as column_code,
            'count' as measure_kind,
            producer_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            if(is_own_row, 'producer_name', 'decision_date') as _field_name,
            list_concat(
                _standing_field_names, if(is_own_row, unnest([['producer_type_code'], []]), []::varchar[])
            ) as _other_field_names,
        from stock
        where is_valid
    ),

    -- A share rests on every producer: those of its type above, all of them below the line.
    share_figure as (
        select
            producer_figure.* replace (
                told_type.producer_type_code as row_code,
                'producer_share_pct' as column_code,
                'derived' as measure_kind
            ),
        from producer_figure
        inner join
            (
                select distinct period_code, row_code as producer_type_code,
                from producer_figure
                where table_code = 'producer_by_type'
            ) as told_type
            on producer_figure.period_code = told_type.period_code
        where producer_figure.table_code = 'producer_by_type'
    ),

    final as (
        select *
        from producer_figure
        union all by name
        select *
        from share_figure
    )

select *
from final
