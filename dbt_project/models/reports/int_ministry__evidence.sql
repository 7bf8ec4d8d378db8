with
    figure as (
        select *
        from {{ ref("int_ministry__product_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__certificate_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__producer_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__potential_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__movement_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__conflict_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__rating_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__funding_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__activity_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__feature_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__target_evidence") }}
        union all by name
        select *
        from {{ ref("int_ministry__finding_evidence") }}
    ),

    final as (
        select
            period_code,
            table_code,
            row_code,
            column_code,
            measure_kind,
            evidence_key,
            amount::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            _field_name,
            list_sort(
                list_distinct(list_filter(_other_field_names, field -> field <> _field_name))
            ) as _other_field_names,
        from figure
        where
            column_code is not null and row_code is not null and (measure_kind <> 'sum' or amount is not null)
    )

select *
from final
