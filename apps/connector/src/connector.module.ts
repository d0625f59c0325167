import { Module, type DynamicModule } from '@nestjs/common';
import type { ControlView } from '#control';
import { AccessModule } from '#service';
import { ConnectorRepository } from './connectors/connector.repository.js';
import { ConnectorService } from './connectors/connector.service.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { OffsetReader } from './connectors/offset-reader.js';
import { PluginsController } from './connectors/plugins.controller.js';
import { RecordsController } from './connectors/records.controller.js';

export interface ConnectorModuleParts {
  view: ControlView;
  issuer: string;
  bus: string;
  service: ConnectorService;
  repository: ConnectorRepository;
  offsets: OffsetReader;
}

@Module({})
export class ConnectorModule {
  static with(parts: ConnectorModuleParts): DynamicModule {
    const { view, issuer, bus } = parts;
    return {
      module: ConnectorModule,
      imports: [AccessModule.forRoot({ view, issuer, audience: bus })],
      controllers: [PluginsController, ConnectorsController, RecordsController],
      providers: [
        { provide: ConnectorService, useValue: parts.service },
        { provide: ConnectorRepository, useValue: parts.repository },
        { provide: OffsetReader, useValue: parts.offsets },
      ],
    };
  }
}
