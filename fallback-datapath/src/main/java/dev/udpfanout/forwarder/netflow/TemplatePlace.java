package dev.udpfanout.forwarder.netflow;

/** Where a template stands: whose it is, and its id. */
record TemplatePlace(ExporterKey exporter, int id) {}
