# Renews the token of a folder. Arguments: the folder, how long it takes in seconds, and the same for the first run of a round.
# Notes in <folder>/runs when it starts and ends, and `beside` if the command of an earlier run is still at work.
cd "$1" || exit 1
now() { date +%s%3N; }
if read -r other 2>/dev/null < current && read -r stat 2>/dev/null < "/proc/$other/stat"; then
  case "${stat##*) }" in Z*) ;; *) echo "beside $other $PPID $(now)" >> runs ;; esac
fi
echo $$ > current
echo "start $$ $PPID $(now)" >> runs
takes=$2
mkdir first 2>/dev/null && takes=$3
trap 'kill $!; exit 1' TERM
sleep "$takes" &
wait $!
echo fresh > token.new
mv token.new token
rm -f current
echo "end $$ $PPID $(now)" >> runs
