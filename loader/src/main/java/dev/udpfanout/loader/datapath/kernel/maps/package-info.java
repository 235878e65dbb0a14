/** What the maps hold: each class keeps one map, or those that change together, in agreement with what is wanted. */
package dev.udpfanout.loader.datapath.kernel.maps;
