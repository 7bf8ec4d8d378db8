with
    regime as (select * from {{ ref("ref_regime") }}),

    final as (
        select
            regime_code,
            regime_name,
            document,
            valid_from,
            valid_to,
            transition_to,
            re_rating_transition_to,
            part_a_max_point,
            part_b_max_point,
            part_c_max_point,
            three_star_level_code,
            four_star_level_code,
            five_star_level_code,
            certificate_months,
            re_rating_window_from_days,
            re_rating_window_to_days,
            notice_days,
            extension_days,
            product_set_basis_code,
        from regime
    )

select *
from final
