/** Signed once with a P-256 key that was then thrown away. */
export const es256Payload = Buffer.from('{"code":"16","kind":"wilaya","name":{"ar":"الجزائر","fr":"Alger"}}');
export const es256Manifest = [
  'eyJhbGciOiJFUzI1NiIsImtpZCI6IlYwbXhNN2RIWEYxcUxfU2QwRXJJa0VDcy1mbFJiaVhrWmM3bkFmUGZkSWciLCJ0eXAiOiJ3YXNsLW1hbmlmZXN0K2p3dCJ9',
  'eyJpc3MiOiJ1cm46d2FzbDpkejppbnRlcmlvcjp0ZXJyaXRvcnktcmVnaXN0cnkiLCJhdWQiOiJ1cm46d2FzbDpkejpidXMiLCJqdGkiOiIwMTlhM2UxMi0zYzAwLTcwMDEtODAwMC0wMDAwMDAwMGUyNTYiLCJpYXQiOjE3OTM1MjM2MDAsImV4cCI6MTc5MzUyMzkwMCwidG9waWMiOiJ0ZXJyaXRvcnkudW5pdC52MSIsInZlcnNpb24iOjEsIm9wIjoicHV0Iiwia2V5IjoiRFotMTYiLCJjdHkiOiJhcHBsaWNhdGlvbi9qc29uIiwiZGlnZXN0IjoiaUdIU1gydXBWcnFUMUFXRDdWMlBXNDV5QzVXVlNGOFBEREVsLXlGVzNzayIsInNhbHQiOiJBQUVDQXdRRkJnY0lDUW9MREEwT0R3In0',
  'HnlRqsA797Bzj0Xz8LRRtvFRTFcnpg5TA0K0t6KKbzns3BtglS9zBYyMBrNlJifGSq-bFVdtki0zjG7WfapKuw',
].join('.');
