/**
 * What on a node, or of its Services, keeps datagrams from arriving although the daemon does all it should. Changes
 * nothing.
 */
package dev.udpfanout.loader.doctor;
