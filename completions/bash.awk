# SPDX-License-Identifier: LGPL-2.1-or-later
# bash.awk - bash.in, filled with what read.awk has read.

# The arms of a case: what the values of options are.
function value_arms(    i, names, all) {
	for (i = 1; i <= options; i++) {
		if (value[i] == "" || how[i] == "[=")
			continue
		names = name[i]
		gsub(/ /, " | ", names)
		all = all "\t" names ") echo '" kind(value[i]) "' ;;\n"
	}
	return all
}

# The arms of a case: what the operands are.
function operand_arms(    i, all) {
	for (i = 1; i <= operands; i++)
		all = all "\t" (repeated && i == operands ? "*" : i - 1) \
		    ") echo '" kind(operand[i]) "' ;;\n"
	return all (repeated ? "" : "\t*) echo none ;;\n")
}

# All options; one whose value is attached stands there with each value.
function all_options(    i, n, each, word, all) {
	for (i = 1; i <= options; i++) {
		n = how[i] == "=" ? split(kind(value[i]), word, " ") : 0
		for (each = 1; each <= n; each++)
			all = all " " name[i] "=" word[each]
		if (n == 0)
			all = all " " name[i]
	}
	return substr(all, 2)
}

END {
	while ((getline < form) > 0) {
		gsub(/TOOL/, tool)
		sub(/OPTIONS/, all_options())
		if (/^VALUES$/)
			printf "%s", value_arms()
		else if (/^OPERANDS$/)
			printf "%s", operand_arms()
		else
			print
	}
}
