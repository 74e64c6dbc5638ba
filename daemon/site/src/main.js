// The page's one program: in the page it shows, in a worker it checks.
import { startPage } from './ui/page.js';
import { serve } from './ui/session.js';

if (typeof document === 'undefined') serve(globalThis);
else startPage();
