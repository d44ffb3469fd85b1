// A message centre made of npm's `smpp`; it prints what it read of each submission.
const smpp = require('smpp');
let next = 0x1000;
const server = smpp.createServer((session) => {
  for (const kind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(kind, (pdu) => {
      const known = pdu.password === 'secret';
      session.send(pdu.response({ command_status: known ? 0 : smpp.ESME_RINVPASWD, system_id: 'NODE' }));
      if (!known) session.close();
    });
  }
  session.on('submit_sm', (pdu) => {
    const to = pdu.destination_addr;
    if (to.endsWith('8')) return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    if (to.endsWith('9')) return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    if (to.endsWith('0')) return session.send(pdu.response({ command_status: 0x0401 }));
    const id = (next++).toString(16);
    const given = pdu.message_payload !== undefined ? pdu.message_payload : pdu.short_message;
    const read = {
      text: given.message, udh: given.udh ? Buffer.concat(given.udh.map((e) => Buffer.from(e))).toString('hex') : '',
      coding: pdu.data_coding, registered: pdu.registered_delivery, validity: pdu.validity_period,
      source: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr],
      sar: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
    };
    console.log(JSON.stringify(read));
    session.send(pdu.response({ message_id: id }));
    const state = to.endsWith('1') ? 'UNDELIV' : 'DELIVRD';
    session.deliver_sm({
      source_addr: to, destination_addr: pdu.source_addr, esm_class: 4,
      receipted_message_id: id, message_state: state === 'DELIVRD' ? 2 : 5,
      network_error_code: Buffer.from([3, 0, 5]),
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2611230000 done date:2611230001 stat:${state} err:005 text:`,
    });
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('error', () => {});
});
server.listen(Number(process.argv[2]), '127.0.0.1');
