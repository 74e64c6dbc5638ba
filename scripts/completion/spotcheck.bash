# Completion of spotcheck for bash; `make install` lays it where bash-completion finds it.
#
#	. scripts/completion/spotcheck.bash		(to try it)
#
# The commands are those of `spotcheck --help`: tests/system/72-completion.sh compares them.

_spotcheck_commands="setup check import export attest excuse calendar schedule odds init commit draw reveal void amend
	publish run list show status outbox test-mail backup restore recover receipt replay verify keygen cosign cosignature"
_spotcheck_kinds="targets inspectors conflicts matters contacts leave"

# The names of the cycles of an INI: [cycle NAME].
_spotcheck_cycles()
{
	sed -n 's/^\[cycle  *\([^] ]*\) *\][[:space:]]*$/\1/p' "$1" 2>/dev/null
}

# Lines that begin with the word so far; no glob of a name is ever expanded.
_spotcheck_offer()
{
	local IFS=$' \t\n'
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_spotcheck_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_spotcheck_options()
{
	case $1 in
	setup)	echo --origin --operator --admin --from --language --state-dir --server --sample --targets --inspectors \
			--conflicts --matters --contacts --data ;;
	import)	echo --dry-run --replace-limit --by --assign-ids --inspector --undo ;;
	export)	echo --format ;;
	attest)	echo --by ;;
	excuse)	echo --from --until --reason --by --lift ;;
	schedule) echo --from --to --unsealed ;;
	odds)	echo --trials --seed --all --csv ;;
	commit)	echo --draw-at ;;
	draw)	echo --value --present --dry-run ;;
	void)	echo --reason ;;
	amend)	echo --reason --out --leave-empty ;;
	run)	echo --value ;;
	show)	echo --by --reason ;;
	restore) echo --published --key ;;
	recover) echo --published --without-publication --by --reason ;;
	replay)	echo -j ;;
	receipt) echo --page ;;
	keygen)	echo --log ;;
	cosign)	echo --key --state --beacon --listen --log ;;
	verify)	echo --at --key --witness --since --receipt --letter ;;
	esac
	echo --json --help
}

_spotcheck()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} ini=/etc/spotcheckd/spotcheckd.ini
	local command='' at=0 i

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-c)	i=$((i + 1)); ini=${COMP_WORDS[i]} ;;
		-*)	;;
		*)	command=${COMP_WORDS[i]} at=$i; break ;;
		esac
	done
	case $prev in
	-c)	[ -n "$command" ] || { _spotcheck_files "$cur"; return; } ;;
	--state-dir | --targets | --inspectors | --conflicts | --matters | --contacts | --data | --since | --receipt | --letter | --page | --published | --state)
		_spotcheck_files "$cur"; return ;;
	--language) _spotcheck_offer "zh_CN en" "$cur"; return ;;
	--key)	[ "$command" != cosign ] || { _spotcheck_files "$cur"; return; } ;;
	--format) _spotcheck_offer "csv xlsx" "$cur"; return ;;
	--dry-run)
		# draw's takes a cycle, import's takes nothing
		[ "$command" != draw ] || { _spotcheck_offer "$(_spotcheck_cycles "$ini")" "$cur"; return; } ;;
	esac
	if [ -z "$command" ]; then
		case $cur in
		-*)	_spotcheck_offer "-c --json --help --version" "$cur" ;;
		*)	_spotcheck_offer "$_spotcheck_commands" "$cur" ;;
		esac
		return
	fi
	case $cur in
	-*)	_spotcheck_offer "$(_spotcheck_options "$command")" "$cur"; return ;;
	esac
	case $command in
	import)
		if [ "$COMP_CWORD" -eq $((at + 1)) ]; then
			_spotcheck_offer "$_spotcheck_kinds" "$cur"
		else
			_spotcheck_files "$cur"
		fi ;;
	export)
		[ "$COMP_CWORD" -ne $((at + 1)) ] || _spotcheck_offer "$_spotcheck_kinds codes" "$cur" ;;
	attest)
		[ "$COMP_CWORD" -ne $((at + 1)) ] || _spotcheck_offer "$_spotcheck_kinds" "$cur" ;;
	excuse)
		[ "$COMP_CWORD" -ne $((at + 1)) ] || _spotcheck_offer "target inspector" "$cur" ;;
	odds | commit | run)
		[ "$COMP_CWORD" -ne $((at + 1)) ] || _spotcheck_offer "$(_spotcheck_cycles "$ini")" "$cur" ;;
	outbox)
		[ "$COMP_CWORD" -ne $((at + 1)) ] || _spotcheck_offer "list show retry cancel" "$cur" ;;
	cosignature)
		if [ "$COMP_CWORD" -eq $((at + 1)) ]; then
			_spotcheck_offer add "$cur"
		else
			_spotcheck_files "$cur"
		fi ;;
	backup | restore | replay | verify | cosign | keygen)
		_spotcheck_files "$cur" ;;
	esac
}

complete -F _spotcheck spotcheck
