# SPDX-License-Identifier: LGPL-2.1-or-later
# read.awk - what a tool's -h says, for bash.awk, zsh.awk and fish.awk.
#
#     TOOL -h | awk -f read.awk -f bash.awk -v tool=TOOL
#
# The help has to look like this:
#
#     usage: TOOL [options] OPERAND          each further line begins with TOOL
#
#       -b, --bytes SIZE   what it is        two blanks, or a new line, before
#       --cipher aes|chacha                  what it is; SIZE is of both; small
#                          what it is        letters are what is to be typed;
#       --fast[=N]         what it is        a value that may be missing
#
#     FORM is one of: this, that.            a paragraph: the values of FORM
#
# Then, for i of 1 to options: name[i], say "-b --bytes"; value[i], "" if it
# takes none; how[i], how that is attached: " ", "=" or "[="; about[i].  And for
# i of 1 to operands: operand[i], its name, and repeated, if the last is.

# The kind of a value: file, folder, domain, host, command, none, or words that
# are to be typed.
function kind(word) {
	if (word ~ /^[a-z0-9]+(\||$)/) {
		gsub(/\|[A-Z]+/, "", word)
		gsub(/\|/, " ", word)
		return word
	}
	if (word in oneof)
		return oneof[word]
	if (word ~ /^(FILE.*|IDENTITY|KEY|PUBKEY|SOCKET|PREFIX|PART|ARCHIVE)$/)
		return "file"
	if (word == "DIR")
		return "folder"
	if (word == "DOMAIN" || word == "GUEST")
		return "domain"
	if (word ~ /^HOST/)
		return "host"
	return word == "COMMAND" ? "command" : "none"
}

# The options at the beginning of a line.  A letter before a word that begins
# with it is another name of that: -b, --bytes SIZE.
function take_options(term,    part, n, i, word, given) {
	gsub(/ \.\. /, ", ", term)
	n = split(term, part, /, /)
	first = options + 1
	for (i = 1; i <= n; i++) {
		match(part[i], /^-[-a-zA-Z0-9]+/)
		word = substr(part[i], 1, RLENGTH)
		given = substr(part[i], RLENGTH + 1)
		if (i > 1 && value[options] == "" &&
		    tolower(name[options]) == "-" substr(word, 3, 1))
			name[options] = name[options] " " word
		else
			name[++options] = word
		how[options] = given ~ /^\[=/ ? "[=" : substr(given, 1, 1)
		gsub(/^[ =[]+|\]$/, "", given)
		value[options] = given
	}
}

# What stands beside several options may say of each what it is: a; b; c.
function share(from,    part, i) {
	if (split(about[from], part, /; /) == options - from + 1)
		for (i = from; i <= options; i++)
			about[i] = part[i - from + 1]
}

# The operands of one line of the usage.  Of two that may stand at the same
# place the first counts that can be completed.
function take_usage(line,    word, n, i, at, same) {
	sub(/[<>].*/, "", line)
	n = split(line, word, " ")
	for (i = 1; i <= n; i++) {
		if (word[i] == "[--")
			return
		gsub(/^\[+|\]+$/, "", word[i])
		if (word[i] ~ /^-/)
			i += word[i + 1] ~ /^[A-Z]+\]*$/
		else if (word[i] ~ /^[A-Z]+(\.\.\.)?$/) {
			at += !(same && at)
			if (at > operands)
				operands = at
			if (sub(/\.\.\.$/, "", word[i]))
				repeated = 1
			if (kind(operand[at]) == "none")
				operand[at] = word[i]
		}
		same = word[i] == "|"
	}
}

BEGIN { license = "# SPDX-License-Identifier: LGPL-2.1-or-later" }

NR == 1, /^$/ {
	sub(/^usage:/, "")
	if ($1 == tool) {
		sub(/^ *[^ ]+ /, "")
		line[++lines] = $0
	} else if (lines)
		line[lines] = line[lines] $0
	next
}

inside && !/^    / { share(first) }
/^  -/ {
	sub(/^  /, "")
	end = index($0, "  ")
	text = end ? substr($0, end) : ""
	take_options(end ? substr($0, 1, end - 1) : $0)
	inside = 1
}
inside && /^    / { text = $0 }
/^$/ { inside = 0 }
inside {
	sub(/^ +/, "", text)
	for (i = first; i <= options; i++)
		about[i] = about[i] (about[i] == "" ? "" : " ") text
}

/^[A-Z]+ is one of: / { whose = $1 }
whose {
	these = these " " $0
	if (/\./) {
		gsub(/.* is one of: |\..*|,/, "", these)
		oneof[whose] = these
		whose = these = ""
	}
}

END {
	for (i = 1; i <= lines; i++)
		take_usage(line[i])
}
