/** What an API server has of annotated Services. */
package dev.udpfanout.lab.differential.service;
