# SPDX-License-Identifier: LGPL-2.1-or-later
# zsh.awk - a completion for zsh of what read.awk has read: _arguments(zshcompsys).

# What completes a value, behind its name.
function action(word,    k) {
	k = kind(word)
	gsub(/:/, "\\:", word)
	if (k == "file")
		k = "_files"
	else if (k == "folder")
		k = "_files -/"
	else if (k == "host")
		k = "_hosts"
	else if (k == "command")
		k = "_command_names -e"
	else if (k == "domain")
		k = "_xenrec_domains"
	else
		k = k == "none" ? " " : "(" k ")"
	return ":" word ":" k
}

# An option, by one of its names: all of them exclude each other.
function option(i, word,    text, attached) {
	text = about[i]
	gsub(/'/, "'\\''", text)
	gsub(/[][]/, "\\\\&", text)
	attached = how[i] == " " || value[i] == "" ? "" : "=-"
	if (how[i] == "[=")
		return "'" word "=-[" text "]:" action(value[i]) "'"
	if (value[i] == "")
		return "'(" name[i] ")" word "[" text "]'"
	return "'*" word attached "[" text "]" action(value[i]) "'"
}

END {
	print "#compdef " tool
	print license
	print "# Made of what " tool " -h says."
	print "_xenrec_domains() {"
	print "\tcompadd -- ${(f)\"$(xl list 2> /dev/null |" \
	    " awk 'NR > 1 { print $1 }')\"}"
	print "}"
	printf "_arguments"
	for (i = 1; i <= options; i++) {
		n = split(name[i], word, " ")
		for (k = 1; k <= n; k++)
			printf " \\\n\t%s", option(i, word[k])
	}
	for (i = 1; i <= operands; i++)
		printf " \\\n\t'%s%s'", repeated && i == operands ? "*" : i, \
		    action(operand[i])
	print ""
}
