{# opening + what came − what went = closing, row by row; and every column is used by its one reason only. #}
{% test opening_and_movements_give_closing(model) %}
    select *,
    from {{ model }}
    where
        opening_count
        + initial_count
        + new_count
        + late_count
        + re_recognised_count
        + upgraded_count
        + downgraded_count
        + corrected_count
        + moved_count
        + appeared_count
        - expired_count
        - revoked_count
        - stopped_count
        - vanished_count
        <> closing_count
{% endtest %}
