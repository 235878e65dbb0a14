/**
 * Which endpoints a listener has, of all that were found, and what share each gets. Pure: values in, values out,
 * without a clock, input or output.
 */
package dev.udpfanout.loader.control;
