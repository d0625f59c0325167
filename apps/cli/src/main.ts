import { Command } from 'commander';
import { contractApply } from './commands/contract-apply.js';
import { contractApprove } from './commands/contract-approve.js';
import { contractDeprecate } from './commands/contract-deprecate.js';
import { contractExport } from './commands/contract-export.js';
import { contractImport } from './commands/contract-import.js';
import { contractLint } from './commands/contract-lint.js';
import { contractPlan } from './commands/contract-plan.js';
import { contractPropose } from './commands/contract-propose.js';
import { contractReactivate } from './commands/contract-reactivate.js';
import { contractRetire } from './commands/contract-retire.js';
import { contractSendBack } from './commands/contract-send-back.js';
import { contractStatus } from './commands/contract-status.js';
import { contractWithdraw } from './commands/contract-withdraw.js';
import { follow } from './commands/follow.js';
import { keysMake } from './commands/keys-make.js';
import { publish } from './commands/publish.js';
import { receiptFetch } from './commands/receipt-fetch.js';
import { receiptVerify } from './commands/receipt-verify.js';
import { registryAccount } from './commands/registry-account.js';
import { status } from './commands/status.js';
import { trustFetch } from './commands/trust-fetch.js';
import { EXIT, report } from './output.js';

const wasl = new Command('wasl')
  .description('Keys, contracts, messages and receipts of the interoperability bus')
  .configureOutput({ outputError: (text, write) => write(text) })
  .addHelpText(
    'after',
    '\nExit code: 0 done, 1 refused or not verified, 2 used wrongly, 3 not decided (no answer, not there yet)',
  )
  .exitOverride();

const group = (name: string, description: string) =>
  wasl.command(name).description(description).exitOverride();

keysMake(group('keys', 'signing keys of a system'));
const contract = group('contract', 'data contracts');
contractLint(contract);
contractPlan(contract);
contractApply(contract);
contractPropose(contract);
contractStatus(contract);
contractApprove(contract);
contractSendBack(contract);
contractWithdraw(contract);
contractDeprecate(contract);
contractRetire(contract);
contractReactivate(contract);
contractExport(contract);
contractImport(contract);
publish(wasl);
follow(wasl);
const receipt = group('receipt', 'receipts and their proofs');
receiptFetch(receipt);
receiptVerify(receipt);
registryAccount(group('registry', 'schema registry without a bus'));
trustFetch(group('trust', 'keys to verify with'));
status(wasl);

try {
  await wasl.parseAsync();
} catch (error) {
  const commanderCode = (error as { code?: unknown }).code;
  if (typeof commanderCode === 'string' && commanderCode.startsWith('commander.')) {
    process.exitCode = (error as { exitCode?: number }).exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    process.exitCode = report(error);
  }
}
