import { Body, Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { WaslError } from '#protocol';
import { Public, Roles } from '#service';
import { configProblems } from '../configuration/connector-config.js';
import { PLUGINS, definitionsOf, type ConfigDefinition } from '../configuration/definitions.js';
import { configMapOf } from './connect-shapes.js';

@Controller()
export class PluginsController {
  @Get()
  @Public()
  root() {
    return { version: '4.3.0', commit: 'wasl', kafka_cluster_id: 'wasl' };
  }

  @Get('connector-plugins')
  @Roles('steward', 'publisher', 'consumer')
  list() {
    return PLUGINS;
  }

  @Get('connector-plugins/:class/config')
  @Roles('steward', 'publisher', 'consumer')
  config(@Param('class') plugin: string) {
    return definitionsOrThrow(plugin).map(shown);
  }

  /** Checks key by key; whether registry and secret exist is checked at creation. Values are not echoed. */
  @Put('connector-plugins/:class/config/validate')
  @HttpCode(200)
  @Roles('steward', 'publisher', 'consumer')
  validate(@Param('class') plugin: string, @Body() body: unknown) {
    const definitions = definitionsOrThrow(plugin);
    const problems = configProblems({ ...configMapOf(body), 'connector.class': plugin });
    const errorsOf = (name: string) =>
      problems.filter((one) => one.name === name).map(({ problem }) => problem);
    const unknown = problems.filter(
      ({ name }) => !definitions.some((definition) => definition.name === name),
    );
    return {
      name: plugin,
      error_count: problems.length,
      groups: [],
      configs: [
        ...definitions.map((definition) => ({
          definition: shown(definition),
          value: valueInfo(definition.name, errorsOf(definition.name)),
        })),
        ...unknown.map(({ name, problem }) => ({ definition: null, value: valueInfo(name, [problem]) })),
      ],
    };
  }
}

function definitionsOrThrow(plugin: string): ConfigDefinition[] {
  const definitions = definitionsOf(plugin);
  if (!definitions) throw new WaslError('not-found', 'there is no connector plugin of this class');
  return definitions;
}

function shown({ range: _range, ...definition }: ConfigDefinition) {
  return {
    ...definition,
    group: null,
    width: 'MEDIUM',
    display_name: definition.name,
    dependents: [],
    order: -1,
  };
}

function valueInfo(name: string, errors: string[]) {
  return { name, value: null, recommended_values: [], errors, visible: true };
}
