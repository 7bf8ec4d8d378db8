-- What the rules share, as temporary objects beside the read-only warehouse. $period is null in the nightly suite.

-- Which periods a suite looks at. The ministry suite judges what the report of its period is made of: a year's
-- report is the stock of its second half and the flows of both halves (NĐ 09/2019/NĐ-CP Điều 12).
create temp table gate_period as
select distinct
    source_period_code as period_code,
    measure_code,
from bridge_period
where $period is null or period_code = $period
union
select
    period_code,
    'report' as measure_code,
from dim_period
where $period is null or period_code = $period;

-- Codes and names of communes were used again for other places on 1/7/2025: a name belongs to a code and a day.
create temp macro unit_name_at(code, period) as coalesce(
    (
        select
            coalesce(
                arg_max(u.unit_name, u.valid_from) filter (u.valid_from <= p.cut_off_on),
                arg_min(u.unit_name, u.valid_from)
            )
        from dim_unit as u, dim_period as p
        where u.unit_code = code and p.period_code = period
    ),
    code
);

-- One row per product ever recognised that a unit answered for at its previous received period, with what is
-- reported of it now. Products of a dead district are looked for at the commune that took over their commune.
create temp table gate_carried_product as
with
    received as (
        select distinct
            s.unit_code,
            s.period_code,
            p.cut_off_on,
        from bridge_submission_form as s
        inner join dim_period as p on s.period_code = p.period_code
        where s.is_in_force and s.form_name = 'product' and p.period_kind <> 'Y'
    ),

    stock as (
        select
            f.unit_code,
            f.commune_code,
            f.period_code,
            p.cut_off_on,
            f.product_key,
            f.is_valid,
        from fct_product_status as f
        inner join dim_period as p on f.period_code = p.period_code
        where f.is_cumulative
    ),

    held as (
        select
            unit_code,
            period_code,
            cut_off_on,
            product_key,
            is_valid,
        from stock
        union all
        select
            b.new_unit_code as unit_code,
            s.period_code,
            s.cut_off_on,
            s.product_key,
            s.is_valid,
        from stock as s
        inner join
            dim_unit as c
            on s.commune_code = c.unit_code
            and s.cut_off_on between c.valid_from and coalesce(c.valid_to, s.cut_off_on)
        inner join
            bridge_unit_succession as b
            on c.unit_key = b.old_unit_key
            and b.relation_code in ('full', 'split_default')
    ),

    answered as (
        select unit_code, period_code, cut_off_on from received
        union
        select unit_code, period_code, cut_off_on from held
    ),

    previous as (
        select
            r.unit_code,
            r.period_code,
            arg_max(a.period_code, a.cut_off_on) as previous_period_code,
        from received as r
        inner join answered as a on r.unit_code = a.unit_code and a.cut_off_on < r.cut_off_on
        group by all
    ),

    final as (
        select
            v.unit_code,
            v.period_code,
            v.previous_period_code,
            h.product_key,
            bool_or(h.is_valid) as was_valid,
            min(n.status_code) as status_now_code,
        from previous as v
        inner join held as h on v.unit_code = h.unit_code and v.previous_period_code = h.period_code
        -- in whichever unit: a product that moved has not vanished
        left join
            fct_product_status as n
            on h.product_key = n.product_key
            and v.period_code = n.period_code
            and n.is_cumulative
        group by all
    )

select
    *,
    100 * count(*) filter (was_valid and status_now_code is null) over unit_period
    / nullif(count(*) filter (was_valid) over unit_period, 0) as vanished_pct,
from final
window unit_period as (partition by unit_code, period_code);

-- What the form or the model found by these rules, beside every submission that counts: one without a finding has an
-- empty key, so that a rule says how many submissions it looked at.
create temp macro findings(rule_ids) as table
select
    s.period_code,
    s.unit_code,
    unit_name_at(s.unit_code, s.period_code) as unit_name,
    i.message,
    i.issue_key as open_issue_key,
from fct_submission as s
left join
    fct_issue as i on s.submission_id = i.submission_id and list_contains(rule_ids, i.rule_id) and i.is_in_force
where s.is_in_force and s.period_code in (select period_code from gate_period)
order by s.period_code desc, s.unit_code, i.sheet, i.row_number, i.message;
