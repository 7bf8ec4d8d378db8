{# Rows in = rows modelled: each line of a submission in force is in its fact exactly once, and nothing else is.
   Lines of submissions that are refused or not in force are named by fct_submission and fct_issue. #}
{% test every_form_row_once(model, form) %}
    with
        told as (
            select form._submission_id, form._sheet, form._row_number, count(*) as told_count,
            from {{ ref("stg_forms__" ~ form) }} as form
            inner join
                {{ ref("bridge_submission_form") }} as submission
                on form._submission_id = submission.submission_id
                and submission.form_name = '{{ form }}'
                and submission.is_in_force
            group by all
        ),

        modelled as (
            select _submission_id, _sheet, _row_number, count(*) as modelled_count,
            from {{ model }}
            group by all
        )

    select *,
    from told
    full join modelled using (_submission_id, _sheet, _row_number)
    where told_count is distinct from 1 or modelled_count is distinct from 1
{% endtest %}
