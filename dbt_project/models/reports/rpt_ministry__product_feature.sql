{% set columns = ["yes_count", "no_count", "unknown_count", "valid_count"] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    feature as (select * from {{ ref("dim_product_feature") }}),

    received_period as (select distinct period_code, from expected_unit where knows_product),

    figure as {{ counted_figures("product_feature", columns) }},

    -- No product for which anybody wrote yes or no: how many have it is unknown, not none.
    final as (
        select
            feature.feature_no as row_no,
            received_period.period_code,
            feature.feature_code as row_code,
            feature.feature_name,
            if(figure.yes_count + figure.no_count > 0, figure.yes_count, null) as yes_count,
            if(figure.yes_count + figure.no_count > 0, figure.no_count, null) as no_count,
            coalesce(figure.unknown_count, 0) as unknown_count,
            coalesce(figure.valid_count, 0) as valid_count,
        from received_period
        cross join feature
        left join
            figure
            on received_period.period_code = figure.period_code
            and feature.feature_code = figure.row_code
    )

select *
from final
