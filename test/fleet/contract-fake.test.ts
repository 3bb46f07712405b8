import { openFakeEngine } from 'skep/testing';
import { engineContract, engineUnderTest } from '../contract/engine.js';
import { dockerodeClient } from '../support/dockerode-client.js';
import { ownClient } from '../support/own-client.js';

engineContract('the fake engine through dockerode', () => engineUnderTest(openFakeEngine(), dockerodeClient));
engineContract('the fake engine through our client', () => engineUnderTest(openFakeEngine(), ownClient));
