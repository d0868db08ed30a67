# SPDX-License-Identifier: LGPL-2.1-or-later
# fish.awk - a completion for fish of what read.awk has read: complete(1).

# What completes a word of this kind.
function candidates(k) {
	if (k == "file")
		return " -F"
	if (k == "folder")
		return " -a '(__fish_complete_directories)'"
	if (k == "host")
		return " -a '(__fish_print_hostnames)'"
	if (k == "command")
		return " -a '(__fish_complete_command)'"
	if (k == "domain")
		return " -a \"(xl list 2>/dev/null | tail -n +2 | cut -d ' ' -f 1)\""
	return k == "none" ? "" : " -a '" k "'"
}

# An option, by all of its names: -s of a letter, -o of more, -l of a word.
function names(i,    word, n, k, all) {
	n = split(name[i], word, " ")
	for (k = 1; k <= n; k++)
		all = all (word[k] ~ /^--/ ? " -l " substr(word[k], 3) : \
		    length(word[k]) == 2 ? " -s " substr(word[k], 2) : \
		    " -o " substr(word[k], 2))
	return all
}

# Its description is short: it stands beside the option.
function summary(i,    t) {
	t = about[i]
	if (match(t, /[^ ] ?[;(]|\. /) > 1)
		t = substr(t, 1, RSTART)
	sub(/ $/, "", t)
	gsub(/['\\]/, "\\\\&", t)
	return " -d '" t "'"
}

END {
	print license
	print "# Made of what " tool " -h says."
	# Files complete only what is one.
	print "complete -c " tool " -f"
	for (i = 1; i <= options; i++) {
		k = kind(value[i])
		given = value[i] == "" || how[i] == "[=" ? "" : \
		    k == "file" ? " -r" candidates(k) : " -x" candidates(k)
		print "complete -c " tool names(i) given summary(i)
	}
	for (i = 1; i <= operands; i++)
		if (candidates(kind(operand[i])) != "")
			print "complete -c " tool candidates(kind(operand[i]))
}
