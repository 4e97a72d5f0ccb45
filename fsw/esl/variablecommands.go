package esl

import (
	"strconv"
	"strings"
)

// UUIDGetVar returns uuid_getvar, whose output is the value of a variable, and "_undef_" if
// it is not set.
func UUIDGetVar(uuid, name string) APICommand {
	var a args
	a.channel(uuid)
	a.variableName(name)
	return a.words("uuid_getvar", uuid, name)
}

// UUIDSetVar returns uuid_setvar. An empty value unsets the variable.
func UUIDSetVar(uuid, name, value string) APICommand {
	var a args
	a.channel(uuid)
	a.variableName(name)
	if reason := badByte(value); reason != "" {
		a.fail("variable "+name, reason, "")
	}
	return a.words("uuid_setvar", uuid, name, value)
}

// maxSetVars is how many variables uuid_setvar_multi takes.
const maxSetVars = 64

// UUIDSetVars returns uuid_setvar_multi, which sets up to 64 variables at once. An empty
// value unsets one.
func UUIDSetVars(uuid string, variables ...Variable) APICommand {
	var a args
	a.channel(uuid)
	if n := len(variables); n == 0 || n > maxSetVars {
		a.fail("variables", "are "+strconv.Itoa(n)+", not 1 to "+strconv.Itoa(maxSetVars), "")
	}
	items := make([]string, len(variables))
	for i, v := range variables {
		a.variableName(v.Name)
		if reason := badByte(v.Value); reason != "" {
			a.fail("variable "+v.Name, reason, "")
		}
		if namesVariable(v.Value) {
			a.fail("variable "+v.Name, "contains ${, which the server refuses", "")
		}
		items[i] = escape(v.Name+"="+v.Value, ';')
	}
	return a.api("uuid_setvar_multi " + uuid + " " + strings.Join(items, ";"))
}
