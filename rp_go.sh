cd /work/main
npx -y deno@2.9.6 run -A rp_try.ts /tmp/work/rp/a.html $RUNS 2>&1 | grep -v "npm warn"
for x in "$@"; do IFS=, read name width scheme sel print <<< "$x"; npx -y deno@2.9.6 run -A rp_shot.ts /tmp/work/rp/a.html /tmp/work/rp/$name "$width" "$scheme" "$sel" $print 2>&1 | grep -v npm; done
