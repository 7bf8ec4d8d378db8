-- Read back by the freezing step: a report names the clocks its warehouse was built with, not those of the
-- day it is printed.
with
    final as (
        select
            '{{ var("git_commit") }}' as commit_code,
            '{{ var("province_code") }}' as province_code,
            {{ as_of() }} as as_of_date,
            {{ known_at() }} as known_at,
    )

select *
from final
