cd /work/main; exec npx -y deno@2.9.6 task -q lab "$@"
