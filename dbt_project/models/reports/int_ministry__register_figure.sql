-- An asterisk stands for any text. amendment_cause is a table of an amended report, made when it is frozen.
with
    final as (
        select figure_pattern,
        from
            (
                values
                    ('submission_status/*'),
                    ('amendment_cause/*'),
                    ('headline/expected_unit/value'),
                    ('headline/received_unit/value'),
                    ('headline/missing_unit/value'),
                    ('headline/held_unit/value'),
                    ('headline/refused_unit/value'),
                    ('stock_by_period/*/received_unit_count')
            ) as listed(figure_pattern)
    )

select *
from final
