// Package fsw is a live, transactional model of a FreeSWITCH server.
package fsw
